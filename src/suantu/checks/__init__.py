"""The parts of ``suantu check``, one module each; ``suantu.check`` runs them."""
