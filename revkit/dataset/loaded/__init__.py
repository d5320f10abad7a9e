"""Tables as they are loaded, before any rule: named as the schema does, their text read once."""

from revkit.dataset.loaded.tables import Loaded

__all__ = ["Loaded"]
