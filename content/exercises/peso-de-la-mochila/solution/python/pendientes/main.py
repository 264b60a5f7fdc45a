def peso(mochila, tela=0):
    total = 0
    pendientes = [mochila]
    while pendientes:
        bolsa = pendientes.pop()
        total += tela
        for cosa in bolsa:
            if isinstance(cosa, list):
                pendientes.append(cosa)
            else:
                total += cosa
    return total
