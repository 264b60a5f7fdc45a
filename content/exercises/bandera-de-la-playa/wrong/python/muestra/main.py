def bandera(viento, ola):
    if viento > 40 or ola > 2:
        print("roja")
    elif viento <= 20 and ola <= 1:
        print("verde")
    else:
        print("amarilla")
