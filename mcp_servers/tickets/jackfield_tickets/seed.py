"""What the shop's database holds when it is new: the same customers, tickets and parts every time.

Days are names of weekdays, so that the data never grows old.
"""

from __future__ import annotations

CUSTOMERS = [
    (1, "Ada Lopez", "020 7946 0112"),
    (2, "Ben Okafor", "020 7946 0187"),
    (3, "Chloe Martin", "020 7946 0203"),
    (4, "Daniel Weber", "020 7946 0244"),
    (5, "Farah Haddad", "020 7946 0268"),
    (6, "Grace Kim", "020 7946 0301"),
    (7, "Hugo Silva", "020 7946 0355"),
    (8, "Ines Duarte", "020 7946 0392"),
    (9, "Jack Thornton", "020 7946 0417"),
    (10, "Katie Bell", "020 7946 0461"),
    (11, "Liam Murphy", "020 7946 0528"),
    (12, "Maya Patel", "020 7946 0573"),
]
"""Number, name, telephone (a range of numbers that are never given to anybody)."""

TICKETS = [
    (1031, 3, "MacBook Air", "the keyboard misses letters", "closed", "", "", 14900),
    (1032, 9, "Dell XPS 13", "it does not charge", "closed", "", "", 8400),
    (1033, 7, "PlayStation 5", "it switches itself off", "ready", "", "", 9500),
    (1034, 12, "iPhone 13", "the screen is cracked", "closed", "", "", 13900),
    (1035, 5, "HP LaserJet", "it jams on every page", "ready", "", "", 6200),
    (1036, 1, "Pixel 7", "the battery lasts two hours", "ready", "", "", 7900),
    (1037, 10, "Surface Pro 8", "the screen flickers", "repairing", "", "Tuesday", 0),
    (1038, 2, "ThinkPad T14", "coffee was spilled on the keyboard", "repairing", "", "Monday", 0),
    (1039, 11, "Galaxy S22", "the charging port is loose", "closed", "", "", 5900),
    (1040, 4, "MacBook Pro 14", "the battery is swollen", "waiting", "a new battery", "Wednesday", 0),
    (1041, 8, "iPad Air", "the screen is cracked", "repairing", "", "Monday", 0),
    (1042, 1, "ThinkPad X1 Carbon", "the screen stays dark", "waiting", "a new screen", "Thursday", 0),
    (1043, 6, "Nintendo Switch", "the left stick drifts", "ready", "", "", 4500),
    (1044, 12, "ThinkPad X1 Carbon", "the fan is loud", "repairing", "", "Tuesday", 0),
    (1045, 3, "iPhone 12", "water got in", "checking", "", "", 0),
    (1046, 9, "Epson EcoTank", "the colours are wrong", "checking", "", "", 0),
    (1047, 7, "Galaxy Tab S8", "it does not switch on", "waiting", "a charging board", "Friday", 0),
    (1048, 2, "iPhone 14", "the camera is out of focus", "waiting", "a rear camera", "Wednesday", 0),
    (1049, 10, "Kindle Paperwhite", "pages turn by themselves", "ready", "", "", 2500),
    (1050, 11, "Dell XPS 13", "the hinge is broken", "checking", "", "", 0),
    (1051, 5, "MacBook Air", "the trackpad does not click", "received", "", "", 0),
    (1052, 4, "Steam Deck", "the right trigger sticks", "received", "", "", 0),
    (1053, 8, "ThinkPad T14", "it is very slow", "received", "", "", 0),
    (1054, 6, "iPhone 13", "the battery lasts half a day", "received", "", "", 0),
    (1055, 12, "Surface Pro 8", "the pen is not recognised", "received", "", "", 0),
]
"""Number, customer, device, problem, status, what it waits for, the day it is promised for, bill in pence."""

NOTES = [
    (1033, "Dust in the fan; cleaned, and new thermal paste."),
    (1037, "The cable of the screen was loose; running a test overnight."),
    (1040, "The customer asked for a telephone call before noon."),
    (1044, "A new fan is fitted; it still needs a test under load."),
    (1048, "The customer would rather have an original part."),
]
"""Ticket, text."""

PARTS = [
    ("ThinkPad X1 Carbon screen", 0, 14800, 2, "Wednesday"),
    ("ThinkPad X1 Carbon battery", 3, 8900, 12, "tomorrow"),
    ("ThinkPad X1 Carbon fan", 1, 3900, 4, "Tuesday"),
    ("ThinkPad T14 screen", 2, 9900, 8, "tomorrow"),
    ("ThinkPad T14 keyboard", 4, 5400, 15, "tomorrow"),
    ("ThinkPad T14 battery", 5, 7200, 20, "tomorrow"),
    ("Dell XPS 13 charger", 6, 4900, 30, "tomorrow"),
    ("Dell XPS 13 hinge", 0, 3400, 3, "Friday"),
    ("Dell XPS 13 battery", 2, 8200, 9, "Tuesday"),
    ("MacBook Air keyboard", 1, 11900, 2, "Thursday"),
    ("MacBook Air trackpad", 2, 7900, 5, "Wednesday"),
    ("MacBook Air battery", 3, 9900, 11, "tomorrow"),
    ("MacBook Pro 14 battery", 0, 12900, 4, "Wednesday"),
    ("Surface Pro 8 screen", 1, 18900, 1, "Friday"),
    ("Surface Pro 8 pen", 3, 7900, 6, "tomorrow"),
    ("iPhone 12 battery", 7, 4900, 40, "tomorrow"),
    ("iPhone 13 battery", 9, 5400, 40, "tomorrow"),
    ("iPhone 13 screen", 4, 11900, 18, "tomorrow"),
    ("iPhone 14 rear camera", 0, 13400, 2, "Wednesday"),
    ("iPhone 14 screen", 3, 14900, 10, "tomorrow"),
    ("Pixel 7 battery", 4, 4400, 9, "Tuesday"),
    ("Galaxy S22 charging port", 2, 2900, 14, "tomorrow"),
    ("Galaxy Tab S8 charging board", 0, 4200, 1, "Thursday"),
    ("iPad Air screen", 2, 12900, 7, "tomorrow"),
    ("Nintendo Switch stick", 12, 1500, 60, "tomorrow"),
    ("PlayStation 5 fan", 2, 3600, 5, "Tuesday"),
    ("Steam Deck trigger", 1, 1900, 0, ""),
    ("Kindle Paperwhite screen", 0, 5900, 0, ""),
    ("HP LaserJet roller kit", 3, 2800, 16, "tomorrow"),
    ("Epson EcoTank print head", 1, 8600, 2, "Monday"),
]
"""Name, pieces in stock, price in pence, pieces the supplier has, the day the supplier can bring them."""

SUPPLIER = "Northgate Components"
