def peso(mochila, tela=0):
    total = tela
    for cosa in mochila:
        if type(cosa) == int:
            total += cosa
        else:
            total += peso(cosa, tela)
    return total
