"""Picture -> reading: no network, no downloads, no clock, no framework."""
