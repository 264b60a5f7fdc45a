def ganador(uno, dos):
    if uno == dos:
        print(0)
    elif uno == "fuego" and dos == "junco":
        print(1)
    elif uno == "junco" and dos == "rocío":
        print(1)
    elif uno == "rocío" and dos == "fuego":
        print(1)
    else:
        print(2)
