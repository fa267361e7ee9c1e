"""Where the graph is kept and asked: the knowledge base on disk, and endpoints, local or remote."""
