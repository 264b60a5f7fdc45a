def peso(mochila, tela=0):
    return tela + sum(mochila)
