def inventario(movimientos, inicial=None):
    stock = {}
    if inicial is not None:
        stock = inicial.copy()
    for pieza, cantidad in movimientos:
        if cantidad < 0:
            cantidad = 0
        stock[pieza] = cantidad
    return stock
