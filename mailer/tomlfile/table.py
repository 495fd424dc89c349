"""What may a table of a TOML file hold? Exactly the keys and types its model declares.

A misspelt key that is quietly ignored leaves the default in force while its owner believes in the key, so unknown
keys are refused at every level; and no value is converted, so that "8" is never taken for 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

__all__ = [
    "AfterValidator",
    "Choice",
    "Field",
    "KeyProblem",
    "Table",
    "field_validator",
    "model_validator",
    "schema_of",
]

E = TypeVar("E")

Choice = Annotated[E, Field(strict=False)]
"""An enum written as its word in quotes: `mode: Choice[AccountMode]`."""


class Table(BaseModel):
    """Base of every table. Lists are declared as tuples, enums as `Choice[...]`; nothing is converted.

    `advice` holds what to say of keys that do not exist and that people write all the same.
    """

    advice: ClassVar[Mapping[str, str]] = {}

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class KeyProblem(ValueError):
    """Raised in a validator of a whole table to lay the blame on one of its keys."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        super().__init__(message)


def schema_of(model: type[Table]) -> dict[str, Any]:
    """The JSON Schema of a model, for editors that complete and check TOML."""
    return model.model_json_schema()
