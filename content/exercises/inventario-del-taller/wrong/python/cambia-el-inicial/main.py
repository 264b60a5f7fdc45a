def inventario(movimientos, inicial=None):
    if inicial is None:
        inicial = {}
    stock = inicial
    for pieza, cantidad in movimientos:
        queda = stock.get(pieza, 0) + cantidad
        if queda < 0:
            queda = 0
        stock[pieza] = queda
    return stock
