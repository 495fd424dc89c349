"""Ordered steps from an empty database to today's schema; a released step is never edited.

data/   the tables of schema.meta
keys/   the key store, which lives in a database of its own
"""
