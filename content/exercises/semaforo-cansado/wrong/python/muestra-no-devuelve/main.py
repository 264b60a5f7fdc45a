def color(segundo):
    momento = segundo % 70
    if momento < 40:
        print("verde")
    elif momento < 45:
        print("amarillo")
    else:
        print("rojo")
