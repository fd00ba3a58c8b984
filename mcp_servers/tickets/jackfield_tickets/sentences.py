"""The shop's facts as sentences that a voice can say. Decisions only."""

from __future__ import annotations

from collections.abc import Sequence

from jackfield_tickets.shop import Customer, Part, Ticket

STATES = {
    "received": "is in the queue and has not been looked at yet",
    "checking": "is being looked at",
    "waiting": "is waiting for {waiting_for}",
    "repairing": "is being repaired",
    "ready": "is ready to be collected",
    "closed": "is closed",
}

NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def about(ticket: Ticket) -> str:
    """Everything a customer asks about a ticket."""
    words = [f"{subject(ticket)}, {state(ticket)}."]
    if ticket.promised:
        words.append(f"It is promised for {ticket.promised}.")
    if ticket.status == "ready" and ticket.bill:
        words.append(f"The bill is {pounds(ticket.bill)}.")
    if ticket.notes:
        words.append(f"The last note says: {ticket.notes[-1]}")
    return " ".join(words)


def subject(ticket: Ticket) -> str:
    """Ticket 1042, Ada Lopez's ThinkPad X1 Carbon"""
    return f"Ticket {ticket.number}, {ticket.customer}'s {ticket.device}"


def state(ticket: Ticket) -> str:
    return STATES[ticket.status].format(waiting_for=ticket.waiting_for)


def all_of(customer: Customer, tickets: Sequence[Ticket]) -> str:
    """A customer's tickets in one breath; closed ones are only counted."""
    still = [ticket for ticket in tickets if ticket.status != "closed"]
    closed = len(tickets) - len(still)
    more = f" {spelled(closed).capitalize()} more {'is' if closed == 1 else 'are'} closed." if closed else ""
    if not still:
        return f"{customer.name} has no open ticket.{more.replace(' more', '')}"
    listed = "; ".join(_short(ticket) for ticket in still)
    return f"{customer.name} has {counted(len(still), 'open ticket')}: {listed}.{more}"


def _short(ticket: Ticket) -> str:
    promised = f", and is promised for {ticket.promised}" if ticket.promised else ""
    return f"{ticket.number}, the {ticket.device}, {state(ticket)}{promised}"


def in_stock(part: Part) -> str:
    """Stock and price of a part."""
    if part.stock == 0:
        return f"The {part.name} is out of stock. It costs {pounds(part.price)}."
    each = " each" if part.stock > 1 else ""
    return f"The {part.name} is in stock: {counted(part.stock, 'piece')}, at {pounds(part.price)}{each}."


def at_supplier(part: Part, supplier: str) -> str:
    """What the supplier answers about a part."""
    if part.supplier_stock == 0:
        return f"{supplier} does not have the {part.name}, and cannot say when it will."
    return (
        f"{supplier} has {counted(part.supplier_stock, 'piece')} of the {part.name} "
        f"and can deliver {'it' if part.supplier_stock == 1 else 'them'} {_on(part.supplier_day)}."
    )


def _on(day: str) -> str:
    return day if day == "tomorrow" else f"on {day}"


def counted(number: int, what: str) -> str:
    """Two pieces"""
    return f"{spelled(number)} {what}" + ("" if number == 1 else "s")


def spelled(number: int) -> str:
    """A number as a word, as far as people say it as one word."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def pounds(pence: int) -> str:
    """129 pounds, or 12 pounds 50."""
    whole, rest = divmod(pence, 100)
    return f"{whole} pounds" + (f" {rest:02}" if rest else "")


def either(names: Sequence[str]) -> str:
    """A, B or C"""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
