"""The office: where reads are kept, members state their purpose, and every look is in the ledger. Knows Django."""
