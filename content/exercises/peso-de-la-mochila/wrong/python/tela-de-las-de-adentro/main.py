def peso(mochila, tela=0):
    total = 0
    for cosa in mochila:
        if isinstance(cosa, list):
            total += tela + peso(cosa, tela)
        else:
            total += cosa
    return total
