"""The words that stand around a scorecard's numbers, in English and Italian."""

from __future__ import annotations

FAMILIES = {
    "marketing": "Marketing", "funnel": "Funnel", "speed": "Speed", "attribution": "Attribution",
    "pipeline": "Pipeline", "deals": "Deals", "team": "Team", "recurring": "Recurring revenue",
    "churn": "Churn", "retention": "Retention", "contracts": "Contracts",
    "economics": "Unit economics", "growth": "Growth", "": "Your own",
}  # fmt: skip

ITALIAN = {
    "Metric": "Metrica", "Period": "Periodo", "Value": "Valore", "interval": "intervallo",
    "Change": "Variazione", "Target": "Obiettivo", "Gap": "Scarto", "Trend": "Andamento",
    "Headlines": "In primo piano", "Funnel": "Imbuto",
    "Speed": "Velocità", "Attribution": "Attribuzione",
    "Deals": "Trattative", "Team": "Squadra", "Recurring revenue": "Ricavi ricorrenti",
    "Churn": "Abbandono", "Retention": "Ritenzione", "Contracts": "Contratti",
    "Unit economics": "Economia unitaria", "Growth": "Crescita", "Your own": "Le tue",
    "against the period before": "rispetto al periodo precedente",
    "against a year before": "rispetto a un anno prima",
    "▲ ▼ more than noise, or counted in full; · within noise":
        "▲ ▼ più del rumore, o contato per intero; · entro il rumore",
    "green is better, red is worse": "verde è meglio, rosso è peggio",
    "few rows: the interval is less sure than it says":
        "poche righe: l'intervallo è meno sicuro di quanto dica",
    "not over yet: later days can still change it":
        "non ancora concluso: i giorni successivi possono cambiarlo",
    "Not shown": "Non mostrate", "more groups are in the frame": "altri gruppi sono nel frame",
    "as of": "al", "Nothing to show yet.": "Ancora niente da mostrare.",
    "days": "giorni", "minutes": "minuti", "months": "mesi", "points": "punti", "day": "giorno",
    "month": "mese",
    "quarter from": "trimestre da", "year from": "anno da", "week of": "settimana del",
    "Jan": "gen", "Feb": "feb", "Mar": "mar", "Apr": "apr", "May": "mag", "Jun": "giu",
    "Jul": "lug", "Aug": "ago", "Sep": "set", "Oct": "ott", "Nov": "nov", "Dec": "dic",
}  # fmt: skip
"""What stands around the numbers, in the other language; titles come from the catalogue."""


class Words:
    """The words of one language, and how its numbers are written."""

    def __init__(self, language: str) -> None:
        self.italian = language == "it"

    def __call__(self, text: str) -> str:
        return ITALIAN.get(text, text) if self.italian else text

    def number(self, text: str) -> str:
        """A written value: 1,234.5 days is 1.234,5 giorni."""
        if not self.italian:
            return text
        text = text.translate(str.maketrans(",.", ".,")).replace(" to ", " a ")
        for unit in ("days", "minutes", "months", "points", "month", "day"):
            text = text.replace(unit, ITALIAN[unit])
        return text

    def period(self, text: str) -> str:
        """A period's name."""
        if self.italian:
            for english in [*ITALIAN][[*ITALIAN].index("quarter from") :]:
                text = text.replace(english, ITALIAN[english])
        return text
