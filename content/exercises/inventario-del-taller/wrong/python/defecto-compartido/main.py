def inventario(movimientos, inicial={}):
    for pieza, cantidad in movimientos:
        queda = inicial.get(pieza, 0) + cantidad
        if queda < 0:
            queda = 0
        inicial[pieza] = queda
    return inicial
