def inventario(movimientos, inicial=None):
    pass
