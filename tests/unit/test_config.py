"""Settings that cannot be."""

import pytest
from pydantic import ValidationError

from chalicelib.config import Config


def test_what_is_wrong_with_settings_is_told_without_what_they_hold() -> None:
    with pytest.raises(ValidationError) as told:
        Config.model_validate({"cursor_key": "the-secret", "cors_origin": " "})
    assert "table_name" in str(told.value)
    assert "the-secret" not in str(told.value)
