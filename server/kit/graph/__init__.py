"""What a slice's `graph.py` needs: access declarations, the context, mutations, connections, scalars, live feeds."""
