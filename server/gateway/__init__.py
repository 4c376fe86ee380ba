"""Everything between the wire and the slices: GraphQL over HTTP, WebSocket and SSE. Knows no slice."""
