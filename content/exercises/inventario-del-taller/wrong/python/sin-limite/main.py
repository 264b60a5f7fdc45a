def inventario(movimientos, inicial=None):
    stock = {}
    if inicial is not None:
        stock = inicial.copy()
    for pieza, cantidad in movimientos:
        stock[pieza] = stock.get(pieza, 0) + cantidad
    return stock
