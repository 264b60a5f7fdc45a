def inventario(movimientos, inicial=None):
    stock = dict(inicial or {})
    for movimiento in movimientos:
        pieza = movimiento[0]
        if pieza not in stock:
            stock[pieza] = 0
        stock[pieza] = max(0, stock[pieza] + movimiento[1])
    return stock
