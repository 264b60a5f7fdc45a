def ganador(uno, dos):
    if uno == "fuego":
        vencido = "junco"
    elif uno == "junco":
        vencido = "rocío"
    else:
        vencido = "fuego"
    if dos == uno:
        return 0
    elif dos == vencido:
        return 1
    else:
        return 2
