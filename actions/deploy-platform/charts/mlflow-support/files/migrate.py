"""Brings the tables of MLflow to the version of the image. Of several pods that begin together, one does it and the others wait."""

import sqlalchemy
from mlflow.store.db import utils

# Any number, the same for all of them.
LOCK = 7265616

engine = utils.create_sqlalchemy_engine_with_retry("postgresql://")
# The lock lasts as long as the transaction, so a pool of connections between here and the server keeps it as well.
with engine.connect() as connection, connection.begin():
    connection.execute(sqlalchemy.text("SELECT pg_advisory_xact_lock(:lock)"), dict(lock=LOCK))
    utils._initialize_tables(engine)
