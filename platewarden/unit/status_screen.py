"""The status screen for technicians, in a terminal over ssh: one line a thing, the worst said in the head, what to do at the foot.

Keys: arrows choose a line, n goes to the next one that is not well, r looks at once, q ends. It looks every two seconds; it
changes nothing on the unit, and leaving it leaves the unit running. States are words first, colours second.
"""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer, Static

from platewarden.unit.doctor import Finding, State
from platewarden.unit.pulse import EVERY_S
from platewarden.unit.status import Sight, Technician

__all__ = ["StatusScreen"]

COLOURS = {State.OK: "green", State.LOOK: "yellow", State.BROKEN: "bold red"}


class StatusScreen(App[None]):
    """One unit, looked at until the technician leaves."""

    CSS = """
    #head { height: 1; background: $panel; padding: 0 1; }
    #lines { height: 1fr; }
    #foot { height: 4; border-top: solid $panel; padding: 0 1; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_trouble", "next not well"),
        Binding("r", "look", "look now"),
        Binding("q", "quit", "leave"),
    ]

    def __init__(self, technician: Technician, *, every_s: float = EVERY_S) -> None:
        super().__init__()
        self._technician, self._every_s = technician, every_s
        self._sight: Sight | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="head", markup=False)
        yield DataTable(id="lines", cursor_type="row", zebra_stripes=True)
        yield Static(id="foot", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        table = self._table
        table.add_column("", key="state", width=6)
        table.add_column("what", key="what")
        table.add_column("how it is", key="says")
        self.action_look()
        self.set_interval(self._every_s, self._look_again)

    @property
    def _table(self) -> DataTable[Text]:
        return self.query_one("#lines", DataTable)

    def action_look(self) -> None:
        """Look at everything, and stay on the line that was chosen."""
        chosen = self._chosen()
        sight = self._sight = self._technician.look()
        table = self._table
        table.clear()
        for each in sight.findings:
            table.add_row(Text(each.state.value, COLOURS[each.state]), Text(each.what), Text(each.says))
        if chosen is not None:
            table.move_cursor(row=next((at for at, each in enumerate(sight.findings) if each.what == chosen.what), 0))
        troubles = f"{sight.troubles} to see to" if sight.troubles else "all well"
        self.query_one("#head", Static).update(f"{sight.unit}   {sight.at:%Y-%m-%d %H:%M:%S} UTC   {troubles}")
        self._say_what_to_do()

    def _look_again(self) -> None:
        if len(self.query("#head, #lines, #foot")) == 3:  # a tick may still come while the screen is being closed
            self.action_look()

    def action_next_trouble(self) -> None:
        """Go to the next line that is not well, around the end."""
        if self._sight is None:
            return
        findings, here = self._sight.findings, self._table.cursor_row
        order = [(here + step) % len(findings) for step in range(1, len(findings) + 1)]
        there = next((at for at in order if findings[at].state is not State.OK), None)
        if there is not None:
            self._table.move_cursor(row=there)

    def on_data_table_row_highlighted(self) -> None:
        self._say_what_to_do()

    def _chosen(self) -> Finding | None:
        row = self._table.cursor_row
        return self._sight.findings[row] if self._sight is not None and row < len(self._sight.findings) else None

    def _say_what_to_do(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.query_one("#foot", Static).update(f"{chosen.what}: {chosen.says}\n{chosen.do or 'Nothing to do here.'}")
