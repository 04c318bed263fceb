"""The whole story on one machine, with made-up plates and people."""
