def inventario(movimientos, inicial=None):
    stock = {}
    if inicial is not None:
        stock = inicial.copy()
    for pieza, cantidad in movimientos:
        stock[pieza] += cantidad
        if stock[pieza] < 0:
            stock[pieza] = 0
    return stock
