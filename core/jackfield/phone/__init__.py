"""Calls by phone (SIP): whether the service really announced one, who answers it, and how."""
