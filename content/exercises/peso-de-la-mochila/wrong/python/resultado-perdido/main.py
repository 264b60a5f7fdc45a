def peso(mochila, tela=0):
    total = tela
    for cosa in mochila:
        if isinstance(cosa, list):
            peso(cosa, tela)
        else:
            total += cosa
    return total
