def peso(mochila, tela=0):
    total = tela
    for cosa in mochila:
        if isinstance(cosa, list):
            total += peso(cosa, tela)
        else:
            total += cosa
    return total
