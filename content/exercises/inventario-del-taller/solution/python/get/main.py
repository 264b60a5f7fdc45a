def inventario(movimientos, inicial=None):
    stock = {}
    if inicial is not None:
        stock = inicial.copy()
    for pieza, cantidad in movimientos:
        queda = stock.get(pieza, 0) + cantidad
        if queda < 0:
            queda = 0
        stock[pieza] = queda
    return stock
