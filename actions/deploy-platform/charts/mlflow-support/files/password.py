"""Keeps a password file of libpq with a token of Entra, which PostgreSQL Flexible Server takes for a password.

libpq reads the file for every connection, and only when nobody else may read it (PostgreSQL, "The Password File").
"""

import os
import sys
import time

from azure.identity import DefaultAzureCredential

# That of the public cloud, unless somebody says another one.
SCOPE = os.environ.get("DATABASE_SCOPE", "https://ossrdbms-aad.database.windows.net/.default")
PAUSE_SECONDS = 60
# A token lasts for an hour at least.
FRESH_SECONDS = 1800


def write(path, password):
    beside = f"{path}.new"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"*:*:*:*:{password}\n")
    os.replace(beside, path)


def is_fresh(path):
    try:
        return time.time() - os.stat(path).st_mtime < FRESH_SECONDS + 10 * PAUSE_SECONDS
    except FileNotFoundError:
        return False


def main():
    path = os.environ["PGPASSFILE"]
    if sys.argv[1:] == ["check"]:
        sys.exit(0 if is_fresh(path) else 1)
    credential = DefaultAzureCredential()
    written_at = 0.0
    while True:
        if time.time() - written_at > FRESH_SECONDS:
            try:
                credential.close()
                write(path, credential.get_token(SCOPE).token)
                written_at = time.time()
                print("The password file holds a new token.", flush=True)
            except OSError as error:
                print(f"No token yet: {error}", file=sys.stderr, flush=True)
        time.sleep(5 if written_at == 0.0 else PAUSE_SECONDS)


if __name__ == "__main__":
    main()
