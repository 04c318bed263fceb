"""The contract with the department: one file a clause, named by its stable name; front doors only; readable aloud at an audit."""
