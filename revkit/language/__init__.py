"""The language of titles, sentences, numbers and dates: English or Italian."""

from revkit.language.literal import LITERAL as LITERAL
from revkit.language.message import message as message
from revkit.language.translations import LANGUAGES as LANGUAGES
from revkit.language.translations import Language as Language
from revkit.language.translations import in_language as in_language
from revkit.language.translations import language as language
from revkit.language.translations import use_language as use_language

__all__ = ["LANGUAGES", "LITERAL", "Language", "in_language", "language", "message", "use_language"]
