"""Reads a TOML file against a model and tells every problem at once, with line, column, key and remedy.

    table.py     the model: tables that take exactly what they declare
    places.py    where in the file each key and value stands
    syntax.py    which lines are no TOML
    remedies.py  what should stand there instead
    shape.py     which tables a model allows where
    names.py     what an unknown key was probably meant to be
    misplaced.py to which table a key belongs that TOML gave to another
    words.py     what is wrong with a value, in TOML's words
    schema.py    the same for editors: JSON Schema
    load.py      the whole: bytes to model, or ConfigError

Values come from the standard library's parser, which is strict but knows no positions; positions come from a second,
forgiving parse of the same text. This package is the one home of pydantic and tree-sitter. Source: TOML v1.0.0.
"""

from mailer.tomlfile.load import Document, bytes_of, load_toml, read_toml, read_toml_text
from mailer.tomlfile.misplaced import belongs_outside
from mailer.tomlfile.places import Places, path_beside
from mailer.tomlfile.schema import schema_of
from mailer.tomlfile.table import (
    AfterValidator,
    Choice,
    Field,
    KeyProblem,
    Spelling,
    Table,
    field_validator,
    model_validator,
)

__all__ = [
    "AfterValidator",
    "Choice",
    "Document",
    "Field",
    "KeyProblem",
    "Places",
    "Spelling",
    "Table",
    "belongs_outside",
    "bytes_of",
    "field_validator",
    "load_toml",
    "model_validator",
    "path_beside",
    "read_toml",
    "read_toml_text",
    "schema_of",
]
