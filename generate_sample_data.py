"""Write the tables of a generated company, and its truth beside them: ``revkit generate``."""

import typer

from revkit.cli.generate import generate

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.command()(generate)

if __name__ == "__main__":
    app()
