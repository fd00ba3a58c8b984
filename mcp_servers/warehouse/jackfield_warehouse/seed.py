"""What the store's database holds when it is new: the same every time. Days are names of weekdays, so that
the data never grows old."""

from __future__ import annotations

ITEMS = [
    ("iPhone 13 screen", "A", 6, 6),
    ("iPhone 12 screen", "A", 4, 3),
    ("Pixel 7 battery", "A", 9, 9),
    ("Galaxy S22 charging port", "A", 12, 12),
    ("iPad Air screen", "A", 2, 2),
    ("ThinkPad X1 Carbon fan", "B", 5, 5),
    ("ThinkPad T14 keyboard", "B", 3, 4),
    ("MacBook Pro 14 battery", "B", 1, 1),
    ("Surface Pro 8 screen", "B", 2, 2),
    ("Dell XPS 13 charger", "B", 7, 7),
    ("HP LaserJet roller", "C", 10, 8),
    ("Epson EcoTank print head", "C", 2, 2),
    ("Nintendo Switch stick", "C", 15, 15),
    ("PlayStation 5 power supply", "C", 3, 3),
]
"""Name, shelf, how many the books say, how many there are."""

DELIVERIES = [
    ("Monday", "Northgate Components", "ten iPhone 13 screens and four iPhone 12 screens"),
    ("Wednesday", "Harbour Batteries", "six MacBook Pro 14 batteries"),
    ("Thursday", "Northgate Components", "two ThinkPad X1 Carbon screens"),
    ("Friday", "Printworks", "twelve HP LaserJet rollers"),
]
"""Day, who brings it, what."""
