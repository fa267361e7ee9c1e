"""The graph over HTTP: a SPARQL 1.1 endpoint, and a page to explore it. Only reads; asks nothing of any other host."""
