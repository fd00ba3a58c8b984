"""Child processes: started by a parent, spoken to over one socket, ended by the end of it."""
