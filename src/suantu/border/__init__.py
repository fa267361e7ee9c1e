"""The border to RDF: the only modules on the way in that know it."""
