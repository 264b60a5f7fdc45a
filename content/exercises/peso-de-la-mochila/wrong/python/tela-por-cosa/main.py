def peso(mochila, tela=0):
    total = 0
    for cosa in mochila:
        total += tela
        if isinstance(cosa, list):
            total += peso(cosa, tela)
        else:
            total += cosa
    return total
