"""The HTTP face: sessions opened by an SDP offer, their live timeline, and the page that uses both."""
