"""What the department has promised: clauses by stable name, the one way to say no, and the department's own numbers."""
