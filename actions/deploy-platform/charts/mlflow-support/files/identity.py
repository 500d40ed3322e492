"""Stands for azure.identity, which the image of MLflow does not have: signs in with the token of the service account.

The webhook of Azure Workload Identity sets the variables (Microsoft Learn, "Azure AD Workload Identity": mutating webhook).
"""

import json
import os
import time
import urllib.parse
import urllib.request

from azure.core.credentials import AccessToken

MARGIN_SECONDS = 300


class DefaultAzureCredential:
    def __init__(self, **_settings):
        self._tokens = {}

    def get_token(self, *scopes, **_settings):
        scope = " ".join(scopes)
        known = self._tokens.get(scope)
        if known is None or known.expires_on - time.time() < MARGIN_SECONDS:
            known = self._tokens[scope] = request_token(scope)
        return known

    def close(self):
        self._tokens.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_reason):
        self.close()


def request_token(scope):
    with open(os.environ["AZURE_FEDERATED_TOKEN_FILE"], encoding="utf-8") as file:
        assertion = file.read().strip()
    form = dict(
        grant_type="client_credentials",
        client_id=os.environ["AZURE_CLIENT_ID"],
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion=assertion,
        scope=scope,
    )
    authority = os.environ["AZURE_AUTHORITY_HOST"].rstrip("/")
    url = f"{authority}/{os.environ['AZURE_TENANT_ID']}/oauth2/v2.0/token"
    asked_at = int(time.time())
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), timeout=30) as answer:
        token = json.load(answer)
    return AccessToken(token["access_token"], asked_at + int(token["expires_in"]))
