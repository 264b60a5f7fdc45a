def peso(mochila, tela=0):
    total = tela
    while mochila:
        cosa = mochila.pop(0)
        if isinstance(cosa, list):
            total += peso(cosa, tela)
        else:
            total += cosa
    return total
