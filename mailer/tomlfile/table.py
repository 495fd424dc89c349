"""What may a table of a TOML file hold? Exactly the keys and types its model declares.

A misspelt key that is quietly ignored leaves the default in force while its owner believes in the key, so unknown
keys are refused at every level; and no value is converted, so that "8" is never taken for 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

__all__ = [
    "AfterValidator",
    "Choice",
    "Field",
    "KeyProblem",
    "Spelling",
    "Table",
    "field_validator",
    "model_validator",
]

E = TypeVar("E")

Choice = Annotated[E, Field(strict=False)]
"""An enum written as its word in quotes: `mode: Choice[AccountMode]`."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a text is spelt, for editors; nothing is checked by it: `Annotated[str, Spelling(r"^[0-9]+$", "12")]`."""

    pattern: str
    examples: tuple[str, ...] = ()

    def __init__(self, pattern: str, *examples: str) -> None:
        object.__setattr__(self, "pattern", pattern)
        object.__setattr__(self, "examples", examples)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        shown = {"pattern": self.pattern, "examples": list(self.examples)}
        return {**handler(core), **{key: value for key, value in shown.items() if value}}


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
