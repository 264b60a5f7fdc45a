def peso(mochila, tela=0):
    if mochila == []:
        return tela
    if isinstance(mochila[0], list):
        return peso(mochila[0], tela) + peso(mochila, tela)
    return mochila[0] + peso(mochila, tela)
