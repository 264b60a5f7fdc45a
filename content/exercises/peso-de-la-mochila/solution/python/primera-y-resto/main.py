def peso(mochila, tela=0):
    if not mochila:
        return tela
    primera = mochila[0]
    if isinstance(primera, list):
        primera = peso(primera, tela)
    return primera + peso(mochila[1:], tela)
