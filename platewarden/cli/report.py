"""report: the public page of a year as files, its figures fixed once, and the statement of with whom data are shared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platewarden.cli.people import By, signed_in
from platewarden.cli.server import Data, data_folder, start_django, tell

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)
Year = Annotated[int, typer.Argument(help="The year, such as 2026.", min=1, max=9998)]


@app.command()
def preview(year: Year, data: Data = None) -> None:
    """Print what the public would be told of a year by what is known now. For looking at only; nothing is fixed.

    Example: platewarden report preview 2026
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.proof.site import as_csv, page_of

        page = page_of(year)
        print(as_csv(page), end="")
    if page.fixed_on is None:
        tell(f"A preview: the figures of {year} are not fixed, and not for the public.")


@app.command()
def fix(year: Year, by: By, data: Data = None) -> None:
    """Fix what the public is told of a year that is over, small counts left out. Once: asked again, it says what stands.

    Example: platewarden report fix 2026 --by 1001
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.proof.year import keep_year

        kept = keep_year(year, by=signed_in(by))
    print(f"The figures of {year} stand as {kept.made_by} fixed them: {kept.sha256}")


@app.command()
def write(
    year: Year,
    folder: Annotated[Path, typer.Argument(help="Where the files go: a folder that your web server gives out.")],
    data: Data = None,
) -> None:
    """Write the public page of a year that is fixed: HTML, style, CSV, the newest sharing statement, the key it is checked with.

    Example: platewarden report write 2026 /var/www/alpr

    Repeated, it puts each file in the place of the earlier one, with the newest statement; what else lies in the folder stays.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    home = data_folder(data)
    with database_of(ServerConfig.load(home), say=tell):
        start_django(home, "web")
        from platewarden.server.proof.site import write_site

        names = write_site(year, folder)
    print("\n".join(str(folder / name) for name in names))


@app.command()
def sharing(data: Data = None) -> None:
    """Print the newest signed statement of with whom data are shared, word for word.

    Example: platewarden report sharing > sharing-statement.txt
    """
    from platewarden.policy.refusal import Unavailable
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.proof.sharing import newest_statement

        statement = newest_statement()
    if statement is None:
        raise Unavailable("Nothing was stated yet. Start the server; its worker states it once a day.")
    print(statement.note, end="")
